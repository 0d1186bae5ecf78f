local o = ...
o.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = 1
o.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab = 2
o:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab(3)
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab = o.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab
