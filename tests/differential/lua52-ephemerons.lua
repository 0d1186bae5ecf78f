-- lua: 5.2
-- Values of weak keys.
local e = setmetatable({}, { __mode = "k" })
do local k = {} e[k] = { k } end
local kept = {} e[kept] = { ref = kept }
collectgarbage()
local n = 0 for k in pairs(e) do n = n + 1 end print(n, e[kept].ref == kept)
local w = setmetatable({}, { __mode = "v" })
w[1] = {} w[2] = "string" w[3] = print w.x = kept
collectgarbage() print(w[1], w[2], w[3] == print, w.x == kept)
local kv = setmetatable({ [{}] = 1, x = {} }, { __mode = "kv" })
collectgarbage() print(next(kv))
