-- lua: all
-- Coroutines inside coroutines, and recursion inside them.
local function nest(n) if n == 0 then return "bottom" end return coroutine.wrap(function () return nest(n - 1)
  end)() end
print(nest(50))
local function rec(n) if n == 0 then coroutine.yield("deep") return 0 end return 1 + rec(n - 1) end
local co = coroutine.wrap(rec)
print(co(5000), co())
local function perm(a, n) n = n or #a if n <= 1 then coroutine.yield(a) else for i = 1, n do a[n],
  a[i] = a[i], a[n] perm(a, n - 1) a[n], a[i] = a[i], a[n] end end end
for p in coroutine.wrap(function () perm { 1, 2, 3 } end) do io.write(table.concat(p), " ") end
print()
local co2 = coroutine.create(function () local function f() f() end f() end)
local ok, m = coroutine.resume(co2)
print(ok, m:match("stack overflow"))
