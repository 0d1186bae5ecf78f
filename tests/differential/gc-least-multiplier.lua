-- lua: 5.1-5.3
-- The least multiplier of the collector's steps.
for _, value in ipairs{100, 39, 40, 0, -7, 200} do print(value, collectgarbage("setstepmul", value)) end
print(collectgarbage("setstepmul"), collectgarbage("setstepmul", 200))
print(collectgarbage("setpause"), collectgarbage("setpause", -1), collectgarbage("setpause", 200))
