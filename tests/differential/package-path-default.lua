-- The default paths.
print(package.path) print(package.cpath)
