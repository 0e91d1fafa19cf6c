-- Deletes KEYS[1] if its value is ARGV[1]; returns 1 if it did, else 0.
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
