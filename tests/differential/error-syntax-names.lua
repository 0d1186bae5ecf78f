-- lua: 5.2-5.5
-- Chunk names in messages: plain, file-like, and quoted sources.
local function try(s, n) print((select(2, load(s, n)))) end
try("x =", "=name")
try("x =", "@file.lua")
try("x =", "some code")
try("x =")
try("x =\nsecond line")
try("\nx =")
try("x = " .. ("long "):rep(40) .. "=")
try("x =", "=" .. ("n"):rep(100))
try("x =", "@" .. ("n"):rep(100))
try("x =", ("n"):rep(100))
try("x =", "")
try("x =", "=")
try("x =", "line one\nline two")
