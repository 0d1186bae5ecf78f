-- lua: all
-- Endless recursion through what takes native stack in C Lua has a message of its own.
local t = setmetatable({}, {})
local mt = getmetatable(t)
local function short(ok, m) return ok, (tostring(m):gsub("\n.*", "")) end
mt.__index = function (t, k) return t[k] end
print(short(pcall(function () return t.x end)))
mt.__add = function (a, b) return a + b end
print(short(pcall(function () return t + 1 end)))
mt.__unm = function (a) return -a end
print(short(pcall(function () return -t end)))
mt.__eq = function (a, b) return a == b end
print(short(pcall(function () return t == setmetatable({}, mt) end)))
mt.__lt = function (a, b) return a < b end
print(short(pcall(function () return t < setmetatable({}, mt) end)))
mt.__newindex = function (t, k, v) t[k] = v end
print(short(pcall(function () t.x = 1 end)))
mt.__concat = function (a, b) return a .. b end
print(short(pcall(function () return t .. "x" end)))
mt.__len = function (a) return #a end
print(short(pcall(function () return #t end)))
mt.__call = function (self) return 1 + self() end
print(short(pcall(function () return t() end)))
mt.__tostring = function (self) return "x" .. tostring(self) end
print(short(pcall(function () return tostring(t) end)))
local function f() for i in function() f() end do end end
print(short(pcall(f)))
local function g() local x = t * 1 return x end
mt.__mul = function (a, b) local function r(n) if n == 0 then return a * b end return 1 + r(n - 1) end return r(10) end
print(short(pcall(g)))
local function s() return (string.gsub("x", "x", s)) end
print(short(pcall(s)))
local function p() local ok, m = pcall(p) if not ok then error(m, 0) end return m end
print(short(pcall(p)))
local function d() return 1 + d() end
print(short(pcall(d)))
local function srt() table.sort({3,2,1}, srt) end
print(short(pcall(srt)))
local function co() local c = coroutine.create(co) local ok, m = coroutine.resume(c) if not ok then error(m, 0) end return ok end
print(short(pcall(co)))
