-- Random text as source: tokens in random order, and random bytes.
local state = 99
local function random(n) state = (state * 1103515245 + 12345) % 2147483648 return state // 65536 % n + 1 end
local tokens = { "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or",
  "repeat", "return", "then", "true", "until", "while", "+", "-", "*", "/", "%", "^", "#", "&", "~", "|", "<<", ">>", "//", "==", "~=", "<=", ">=",
  "<", ">", "=", "(", ")", "{", "}", "[", "]", "::", ";", ":", ",", ".", "..", "...", "x", "y", "f", "1", "2.5", "'s'", "[[l]]", "<const>", "<close>", "\n" }
for i = 1, 20000 do
  local t = {}
  for j = 1, random(25) do t[j] = tokens[random(#tokens)] end
  pcall(load, table.concat(t, " "))
end
for i = 1, 5000 do
  local t = {}
  for j = 1, random(60) do t[j] = string.char(random(256) - 1) end
  pcall(load, table.concat(t))
end
local program = "local t = {} for i = 1, 3 do t[i] = function (...) return i, ... end end while #t > 0 do t[#t] = nil end return t and 'x' .. 1 or f{ a = 1, [2] = 3 }"
for i = 1, #program do
  pcall(load, program:sub(1, i))
  pcall(load, program:sub(i))
  pcall(load, program:sub(1, i) .. program:sub(i + 2))
end
print("survived")
