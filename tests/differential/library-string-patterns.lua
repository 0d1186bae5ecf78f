-- lua: all
local seed = 12345
local function rnd(n) seed = (seed * 16807) % 2147483647 return seed % n + 1 end
local items = {"a", "b", "ab", ".", "%a", "%d", "%s", "%w", "%x", "%p", "%l", "%u", "%c", "%z", "%A", "%W", "[ab]", "[^a]", "[a-c]", "[%a%d]", "[^%s]", "[]]", "[^]]", "[a-]", "(", ")", "()", "%1", "%2", "%b()", "%bxy", "%f[%w]", "%f[^%w]", "*", "+", "-", "?", "^", "$", "%", "%%", "%.", "[", "]", "\0", "%g", "%G", "1", " ", "x", "%f", "%b", "[%", "[a", "%0"}
local subs = {"", "a", "ab", "aab", "abab", "hello world", "x = 12, y = (a(b)c)", "a\0b\0", "aaaa", "  ab  ", "xyxyy", "12ab34", "%a", "a.b", "]]", "g", "\n\t"}
local n = 0
for i = 1, 2000 do
  local p = "" for k = 1, rnd(6) do p = p .. items[rnd(#items)] end
  local s = subs[rnd(#subs)]
  local o = {} 
  local function add(...) for k = 1, select("#", ...) do o[#o + 1] = tostring((select(k, ...))) end o[#o + 1] = "|" end
  add(pcall(string.find, s, p)) add(pcall(string.match, s, p)) add(pcall(string.gsub, s, p, "<%0>")) add(pcall(string.gsub, s, p, "%1", 2)) add(pcall(string.find, s, p, rnd(5) - 3)) add(pcall(string.gsub, s, p, function(a, b) return b end)) add(pcall(string.gsub, s, p, {a = "1", ab = true}))
  add(pcall(function() local r = {} local c = 0 for a, b in string.gmatch(s, p) do r[#r + 1] = tostring(a) .. tostring(b) c = c + 1 if c > 50 then break end end return table.concat(r, ",") end))
  local line = table.concat(o, " ") 
  print(i, (p:gsub("%z", "@")), (s:gsub("%z", "@")), (line:gsub("%z", "@")))
end
