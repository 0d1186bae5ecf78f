-- lua: all
-- Yields from deep inside, again and again, and what they may not pass.

local yield = coroutine.yield

-- Every level yields on the way down and on the way up.
local function descend(n, ...)
  yield(n)
  if n > 0 then
    descend(n - 1, ...)
    yield(-n, ...)
  end
end

local count, sum = 0, 0
for n in coroutine.wrap(function() descend(200, "x", "y") end) do
  count, sum = count + 1, sum + n
end
print(count, sum)

-- Tail calls and extra arguments take the frames' places.
local function tail(n, ...)
  if n == 0 then return yield(select("#", ...)) end
  if n % 2 == 0 then yield(n) end
  return tail(n - 1, n, ...)
end
local next_of_tail = coroutine.wrap(function() local r = tail(7) return "end", r end)
for i = 1, 5 do print(next_of_tail(i)) end

-- The same frames' places, entered in other ways after they were plain.
local function leaf(what) return (yield(what)) end
local function call(what) local r = leaf(what) return r end
local meta = setmetatable({}, {
  __index = function(_, key) local r = leaf(key) return r end,
  __add = function(a, b) local r = leaf("sum") return r end,
  __lt = function(a, b) local r = leaf("less") return r end,
})
local function through_pcall(what) return pcall(call, what) end
local function through_index(what) local v = meta[what] return v end
local function through_add() return meta + meta end
local function through_less() return meta < meta end
local function through_for(what)
  local out = 0
  for _ in function(_, seen) if not seen then return leaf(what) end end do out = out + 1 end
  return out
end
local function through_gsub(what) return (string.gsub(what, ".", leaf)) end
local function through_sort() table.sort({ 3, 2, 1 }, function(a, b) leaf("sort") return a < b end) end

local ways = {
  through_pcall, through_index, through_add, through_less, through_for, through_gsub, through_sort,
}
for i, way in ipairs(ways) do
  local function body()
    call("before")
    local r = way("x")
    call("after")
    return r
  end
  local co = coroutine.create(body)
  local line = { i }
  for round = 1, 5 do
    local ok, v = coroutine.resume(co, round)
    line[#line + 1] = tostring(ok) .. ":" .. tostring(v)
  end
  print(table.concat(line, " "))
end

-- Deep inside, then through pcall at the same depth, then plainly again.
local function deep(n, f) if n == 0 then return (f("deep")) end local r = deep(n - 1, f) return r end
local function protected(what) local ok, r = pcall(yield, what) return ok end
local co = coroutine.wrap(function()
  for i = 1, 3 do
    deep(20, yield)
    local refused = deep(20, protected)
    yield("refused " .. tostring(refused))
  end
  return "done"
end)
for i = 1, 12 do
  local v = co(i)
  print(v)
  if v == "done" then break end
end
