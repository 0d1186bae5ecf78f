-- lua: 5.2
-- goto and labels.
for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end io.write(i, j, " ") ::continue:: end end print()
do local k = 0 ::top:: k = k + 1 if k < 5 then goto top end print(k) end
do goto done; local x ::done:: print("done") end
local fs = {}
do local i = 1 ::again:: local j = i fs[i] = function() j = j + 1 return j end i = i + 1 if i <= 3 then goto again end end
print(fs[1](), fs[1](), fs[2](), fs[3]())
local function try(s) print(select(2, load(s, "=s"))) end
try("goto nowhere") try("do ::l:: end goto l") try("::l:: ::l::") try("goto l; local a ::l:: print(a)")
try("::l:: do ::l:: end") try("break") try("repeat if x then goto c end local z ::c:: until z") try("goto = 1")
try("local goto = 1") try("while true do ::x:: break goto x end x = x +")
