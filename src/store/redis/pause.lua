-- Lets KEYS[1] live for ARGV[1] milliseconds, unless it already lives longer.
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], 1, 'PX', ARGV[1])
end
