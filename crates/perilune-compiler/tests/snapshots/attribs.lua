local s <const>, n <const>, t <const> = "s", 5, nil
local c <close> = f()
local function g()
  local d <close> = c
  return h()
end
do
  local e <close> = nil
  if s then return n, t end
end
return g()
