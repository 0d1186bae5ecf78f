-- lua: 5.2-5.5
-- goto out of and back into blocks.
for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end io.write(i, j, " ") ::continue:: end end
print()
do local i = 1 ::top:: io.write(i, " ") i = i + 1 if i <= 3 then goto top end end
print()
do goto done local x ::done:: end
do local k = 0 ::a:: k = k + 1 if k == 1 then goto b elseif k == 2 then goto c end ::b:: goto a ::c:: print(k) end
do local function f(n) if n > 0 then goto neg end do return "nonpositive" end ::neg:: return "positive" end
  print(f(1), f(0)) end
while true do do break end end
repeat local done = true if done then goto fin end until false ::fin:: for i = 1, 2 do
  goto next io.write("never") ::next:: end
do ::l1:: do ::l2:: end end
goto last ::last:: print("end")
