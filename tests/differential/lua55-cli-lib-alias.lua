-- lua: 5.5
-- cmdline: -l s=string -l math-v2 {}
print(s, math)
