print([==[ ]] ]==]) -- expect:  ]] 
print(#[[

x]]) -- expect: 2
local two = [[one
two]]
print(two)
-- expect: one
-- expect: two
