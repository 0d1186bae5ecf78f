-- Library functions that call back nest as deep as C levels allow.
local function deep(n)
  if n == 0 then return "bottom" end
  return (("x"):gsub("x", function () return deep(n - 1) end))
end
print(deep(100)) -- expect: bottom
local ok, message = pcall(deep, 100000)
print(ok, message:match("stack overflow")) -- expect: false	stack overflow
