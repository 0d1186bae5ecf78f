-- lua: all
-- A generic loop over what can't be called.
print(pcall(function () for k in nil do end end))
print(pcall(function () for k in {} do end end))
print(pcall(function () for k in 1, 2, 3 do end end))
print(pcall(function () for k, v in pairs(nil) do end end))
print(pcall(function () for k, v in ipairs() do end end))
print(pcall(function () for k, v in next, {}, "missing" do end end))
print(pcall(function () for a in setmetatable({}, {__call = function (_, s, c) if not c then return 1 end
  end}) do io.write("one ") end return "done" end))
