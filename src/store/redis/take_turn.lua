-- Takes the first turn that keeps every window and comes after the pause; answers microseconds to wait for it.
-- KEYS[1]: the moments of the last turns, oldest first. KEYS[2]: lives as long as a pause.
-- ARGV: for each window, how many turns it may hold and its length in microseconds.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local moment = now + math.max(0, redis.call('PTTL', KEYS[2])) * 1000
local most, longest = 0, 0
for i = 1, #ARGV, 2 do
  local calls, length = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  local oldest = redis.call('LINDEX', KEYS[1], -calls)
  if oldest then
    moment = math.max(moment, oldest + length)
  end
  most, longest = math.max(most, calls), math.max(longest, length)
end
redis.call('RPUSH', KEYS[1], string.format('%.0f', moment))
redis.call('LTRIM', KEYS[1], -most, -1)
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((moment - now + longest) / 1000)))
return moment - now
