-- lua: all
-- Every character class and its complement.
local all = {}
for i = 0, 255 do all[i + 1] = string.char(i) end
all = table.concat(all)
for class in ("acdglpsuwx"):gmatch(".") do
  local yes, no = select(2, all:gsub("%" .. class, "")), select(2, all:gsub("%" .. class:upper(), ""))
  print(class, yes, no, all:find("%" .. class .. "+"))
end
print(select(2, all:gsub(".", "")), select(2, all:gsub("[%z]", "")), select(2, all:gsub("[^%s%w]", "")))
