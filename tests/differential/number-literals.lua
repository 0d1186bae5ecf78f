-- lua: 5.3-5.5
-- Every form of a numeral.
print(3, 3.0, 3.1416, 314.16e-2, 0.31416E1, 34e1, .5, 5., 0x.8, 0x8., 1e2, 1E+2, 1e-2)
print(0xff, 0xBEBADA, 0x0.1E, 0xA23p-4, 0X1.921FB54442D18P+1, 0x1p4, 0x.1p4, 0x1P-2)
print(0xA, 0Xa, 1e1, 0x1e1, 0xep1, 3e0, 0e12, 0x0p12)
print(1e308 * 10, 1e-400, 123456789012345678901234567890)
print(math.type(1), math.type(1.0), math.type(1e2), math.type(0x10), math.type(0x1p4))
