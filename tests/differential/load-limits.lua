-- lua: 5.2-5.4
-- Large but legal programs.
local t = {}
for i = 1, 300 do t[i] = "local a" .. i % 150 .. " = " .. i end
print(pcall(load, table.concat(t, "\n"), "=c"))
t = {}
for i = 1, 70000 do t[i] = ("%d.5"):format(i) end
local f = load("return {" .. table.concat(t, ",") .. "}")
local r = f()
print(#r, r[70000], r[1])
t = {}
for i = 1, 1000 do t[i] = "x" .. i .. " = " .. i end
load(table.concat(t, " "), "=c", "t", _ENV)()
print(x1, x1000)
t = {}
for i = 1, 5000 do t[i] = "if x == " .. i .. " then return " .. i .. " end" end
print(load("local x = ... " .. table.concat(t, "\n"))(4999))
t = {}
for i = 1, 2000 do t[i] = "elseif x == " .. i .. " then y = " .. i end
print(load("local x, y = ... if x == 0 then y = 0 " .. table.concat(t, "\n") .. " end return y")(1999))
print(load("return " .. ("("):rep(150) .. "1" .. (")"):rep(150))(),
  load("return " .. ("not "):rep(150) .. "1")(), #load("return " .. ("{"):rep(150) .. ("}"):rep(150))())
print(load("local x = 0 while x < 70000 do x = x + 1 " .. ("x = x "):rep(30000) .. " end return x")())
