-- KEYS[1] lives for ARGV[1] milliseconds, unless it lives longer already.
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], 1, 'PX', ARGV[1])
end
