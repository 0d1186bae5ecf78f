local function tracer(name)
  return setmetatable({}, { __close = function () print("close " .. name) end })
end
do
  local a <close> = tracer("a")
  local b <close> = tracer("b")
  print("body")
end
print("after")
-- expect: body
-- expect: close b
-- expect: close a
-- expect: after
