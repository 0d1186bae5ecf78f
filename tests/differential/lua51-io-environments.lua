-- lua: 5.1
-- The functions of io, files, popen and the standard files have environments of
-- their own, with the default files and the way to close.
local names = {[_G] = "globals"}
local function show(what, f)
  local environment = debug.getfenv(f)
  if not names[environment] then
    names[environment] = "environment of " .. what
    local keys = {}
    for key, value in pairs(environment) do keys[#keys + 1] = tostring(key) .. "=" .. type(value) end
    table.sort(keys)
    print(what, "new", unpack(keys))
  else
    print(what, names[environment])
  end
end
local list = {}
for name in pairs(io) do list[#list + 1] = name end
table.sort(list)
show("io.open", io.open)
for _, name in ipairs(list) do show(name, io[name]) end
list = {}
for name, value in pairs(getmetatable(io.stdout)) do if type(value) == "function" then list[#list + 1] = name end end
table.sort(list)
for _, name in ipairs(list) do show("method " .. name, getmetatable(io.stdout)[name]) end
local own = debug.getfenv(io.open)
print(own[1] == io.stdin, own[2] == io.stdout, own[1] == io.input(), getfenv(io.open) == _G)
local name = os.tmpname()
local file = io.open(name, "w")
show("file", file) show("popen", io.popen("true")) show("tmpfile", io.tmpfile())
show("io.lines", io.lines(name)) show("file:lines", io.tmpfile():lines())
file:write("some text\nand more\n")
print(own.__close == debug.getfenv(io.stdout).__close, own.__close == debug.getfenv(io.popen).__close)
io.output(file)
print(own[2] == file)
own[2] = io.stdout
io.write("on standard output\n")
-- Another environment for some functions.
local other = {file, file, __close = own.__close}
debug.setfenv(io.write, other)
io.write("into the file\n")
debug.setfenv(io.write, own)
print(file:close())
print(io.close == file.close, pcall(file.close))
debug.setfenv(io.input, {__close = own.__close})
local input = io.input(name)
print(debug.getfenv(io.input)[1] == input, io.input() == input, own[1] == io.stdin)
show("other input", input)
debug.setfenv(io.read, debug.getfenv(io.input))
print(io.read("*a"))
debug.setfenv(io.read, own) debug.setfenv(io.input, own)
-- Closing is what the environment says.
print(pcall(io.close, io.stderr), io.stderr:close())
print(debug.getfenv(io.stdout).__close(), own.__close == debug.getfenv(file).__close)
debug.setfenv(input, debug.getfenv(io.stdout))
print(input:close()) print(io.type(input))
debug.setfenv(input, own)
print(input:close()) print(io.type(input))
local extra = io.open(name)
debug.setfenv(extra, {__close = type})
print(extra:close(), io.type(extra))
debug.setfenv(extra, own)
debug.setfenv(io.stdin, own)
print(io.stdin:close(), io.type(io.stdin), pcall(io.read))
for line in io.lines(name) do print(line) end
print(debug.getregistry()._IO_input)
os.remove(name)
