-- lua: 5.3
-- The escape \u.
local function try(s) print(select(2, load(s, "=s"))) end
try("x = '\\u{110000}'") try("x = '\\u{}'") try("x = '\\u{zz}'") try("x = '\\u48'") try("x = '\\u{48'") try("x = '\\u{ffffffffff}'")
print("\u{0}" == "\0", #"\u{7ff}", #"\u{800}", #"\u{ffff}", #"\u{10000}")
