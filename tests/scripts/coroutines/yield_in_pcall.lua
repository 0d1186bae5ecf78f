local co = coroutine.wrap(function () return pcall(function () return coroutine.yield("inside") end) end)
print(co()) -- expect: inside
print(co("back")) -- expect: true	back
