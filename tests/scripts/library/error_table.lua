local ok, e = pcall(error, { code = 404 })
print(ok, e.code) -- expect: false	404
error(setmetatable({}, { __tostring = function () return "custom text" end }))
-- expect error: custom text
