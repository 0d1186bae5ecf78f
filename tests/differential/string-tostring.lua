-- lua: 5.2-5.5
-- tostring of everything that has no address.
print(tostring(nil), tostring(true), tostring(1), tostring(1.0), tostring("s"), tostring(-0.0),
  tostring(1e15), tostring(1e16))
print(tostring(setmetatable({}, { __tostring = function (t) return "mine" end })), pcall(tostring,
  setmetatable({}, { __tostring = function () end })))
print((tostring(setmetatable({}, { __name = "Type.Name" })):gsub("0x%x+", "ADDR")), (tostring(setmetatable({},
  { __name = 5 })):gsub("0x%x+", "ADDR")))
print((tostring({}):gsub("0x%x+", "ADDR")), (tostring(print):gsub("0x%x+",
  "ADDR")), (tostring(coroutine.create(print)):gsub("0x%x+", "ADDR")), (tostring(io.stdout):gsub("0x%x+",
  "ADDR")))
print(#tostring(12345), tostring(tostring), select("#", tostring(nil)))
