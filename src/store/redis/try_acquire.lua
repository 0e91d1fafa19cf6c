-- Takes a permit if every window has room for one and there is no pause; returns the microseconds to wait, 0 if it took one.
-- KEYS[1]: the times of the last permits, oldest first. KEYS[2]: exists during a pause.
-- ARGV: the microseconds to keep permits for; for each window, its number of permits and its length in microseconds.
local time = redis.call('TIME')
local now, retention = time[1] * 1000000 + time[2], tonumber(ARGV[1])
-- If the clock was set back, past permits would lie in the future: forget them.
local newest = redis.call('LINDEX', KEYS[1], -1)
if newest and tonumber(newest) > now then
  redis.call('DEL', KEYS[1])
end
local moment = now + math.max(0, redis.call('PTTL', KEYS[2])) * 1000
for i = 2, #ARGV, 2 do
  local first = redis.call('LINDEX', KEYS[1], -ARGV[i])
  if first then
    moment = math.max(moment, first + ARGV[i + 1])
  end
end
if moment == now then
  local oldest = redis.call('LINDEX', KEYS[1], 0)
  while oldest and oldest + retention <= now do
    redis.call('LPOP', KEYS[1])
    oldest = redis.call('LINDEX', KEYS[1], 0)
  end
  redis.call('RPUSH', KEYS[1], string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', retention / 1000))
end
return moment - now
