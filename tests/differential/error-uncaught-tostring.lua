-- lua: all
-- An uncaught object with __tostring is rendered without a traceback.
error(setmetatable({}, { __tostring = function () return "rendered object" end }))
