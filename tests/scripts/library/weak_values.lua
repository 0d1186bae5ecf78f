local cache = setmetatable({}, { __mode = "v" })
cache.gone = {}
cache.kept = "string"
collectgarbage()
print(cache.gone, cache.kept) -- expect: nil	string
