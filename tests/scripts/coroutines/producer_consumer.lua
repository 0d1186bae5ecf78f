local producer = coroutine.create(function ()
  for _, item in ipairs { "a", "b" } do coroutine.yield(item) end
  return "finished"
end)
print(coroutine.resume(producer)) -- expect: true	a
print(coroutine.resume(producer)) -- expect: true	b
print(coroutine.resume(producer)) -- expect: true	finished
print(coroutine.resume(producer)) -- expect: false	cannot resume dead coroutine
