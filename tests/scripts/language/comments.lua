-- a comment
print(1) --[[ inline ]] print(2)
-- expect: 1
-- expect: 2
--[==[
print("never")
]]
]==]
---[[ not a block
print(3) -- expect: 3
--]]
