-- Takes a turn if every window has room for one and there is no pause; answers microseconds to wait, 0 if it was taken.
-- KEYS[1]: the moments of the last turns, oldest first. KEYS[2]: lives as long as a pause.
-- ARGV: for how many microseconds turns are kept; for each window, how many it may hold and its length.
local time = redis.call('TIME')
local now, kept = time[1] * 1000000 + time[2], tonumber(ARGV[1])
-- A clock that was set back makes what is to come of what has been.
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
  while oldest and oldest + kept <= now do
    redis.call('LPOP', KEYS[1])
    oldest = redis.call('LINDEX', KEYS[1], 0)
  end
  redis.call('RPUSH', KEYS[1], string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', kept / 1000))
end
return moment - now
