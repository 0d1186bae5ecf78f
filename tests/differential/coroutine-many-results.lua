-- lua: 5.2-5.5
-- More results than there is room for.
for _, j in ipairs{1000000 - 10, 1000000 - 5, 1000000} do
  local co = coroutine.create(function()
    local t = {}
    for i = 1, j do t[i] = i end
    return table.unpack(t)
  end)
  print((coroutine.resume(co)), coroutine.status(co))
end
