print("a\tb\x41\u{48}\065") -- expect: a	bAHA
local joined = "joined \z
       over lines"
print(joined) -- expect: joined over lines
print(#"\0\0") -- expect: 2
