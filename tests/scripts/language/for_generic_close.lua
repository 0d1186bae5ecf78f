local closer = setmetatable({}, { __close = function () print("closed") end })
for i in function (_, c) return (c or 0) + 1 end, nil, nil, closer do
  if i == 3 then break end
  print(i)
end
-- expect: 1
-- expect: 2
-- expect: closed
