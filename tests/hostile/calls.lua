-- Recursion without end, by every kind of call.
local function fails(name, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok, name)
  assert(tostring(message):find("overflow") or tostring(message):find("too deep")
    or tostring(message):find("error in error handling"), name .. ": " .. tostring(message))
end
local function plain() return 1 + plain() end
fails("plain", plain)
local function first() return 1 + second() end
function second() return 1 + first() end
fails("mutual", first)
local object = {}
function object:method() return 1 + self:method() end
fails("method", object.method, object)
local function wide(...) return 1 + wide(1, ...) end
fails("varargs", wide)
local function big()
  local a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t = big()
  return a, t
end
fails("big frames", big)
local function protected() return 1 + select(-1, pcall(protected)) end
pcall(protected)
local function handled() return 1 + select(-1, xpcall(handled, debug.traceback)) end
pcall(handled)
local function through_select() return select(2, 1, 2 + through_select()) end
fails("select", through_select)
local function tail(n) if n > 0 then return tail(n - 1) end return n end
assert(tail(1000000) == 0)
print("survived")
