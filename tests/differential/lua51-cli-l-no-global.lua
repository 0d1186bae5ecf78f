-- lua: 5.1 5.3-5.5
-- cmdline: -l string -l other51 {}
package.preload.unused = nil
print(type(string))
