-- lua: 5.3-5.5
local function pass(...) return ... end
local function try(f, ...) print(pcall(function(...) return pass(f(...)) end, ...)) end
print((utf8.charpattern:gsub("[%z\1-\31\127-\255]", function(c) return "\\" .. c:byte() end)))
local s = "aé€𝄞\u{D7FF}z"
for _, t in ipairs{s, "", "\xff", "a\x80b", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80", "\xf8\x88\x80\x80\x80", "é\x80"} do
  try(utf8.len, t) try(utf8.len, t, 2) try(utf8.len, t, -1) try(utf8.len, t, 1, 0) try(utf8.len, t, 1, -1, true) try(utf8.codepoint, t, 1, -1) try(utf8.codepoint, t, 1, -1, true)
  try(function() local r = {} for p, c in utf8.codes(t) do r[#r + 1] = p .. ":" .. c end return table.concat(r, " ") end)
  try(function() local r = {} for p, c in utf8.codes(t, true) do r[#r + 1] = p .. ":" .. c end return table.concat(r, " ") end)
  for n = -3, 4 do try(utf8.offset, t, n) end try(utf8.offset, t, 1, 2) try(utf8.offset, t, 0, 3) try(utf8.offset, t, 0, #t) try(utf8.offset, t, 0, #t + 1)
end
try(utf8.char) try(utf8.char, 72, 228, 8364, 0x10FFFF) try(utf8.char, 0x110000) try(utf8.char, 0x7FFFFFFF) try(utf8.char, -1) try(utf8.char, 2^31) try(utf8.char, "x") try(utf8.char, 1.5)
try(utf8.len) try(utf8.len, s, 20) try(utf8.len, s, 1, 20) try(utf8.len, s, -20) try(utf8.codepoint, s, 20) try(utf8.codepoint, s, 1, 20) try(utf8.codepoint, s, 0) try(utf8.codepoint, s, 3, 2) try(utf8.offset, s, 1, 20) try(utf8.offset, s, 1, 3) try(utf8.codes) try(utf8.codes, {})
local f, st, i = utf8.codes("ab") try(f, st, i) try(f, st, 1) try(f, st, 2) try(f, st, -1) try(f, "é", 1) try(f, st, "x") try(f, "\x80", 0) try(f, "a\x80", 0)
