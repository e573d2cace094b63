#!/usr/bin/env python3
"""Turns a file into a C array: embed.py IN OUT NAME. The build's only use of it is openapi.yaml."""
import sys

source, target, name = sys.argv[1:4]
data = open(source, 'rb').read()
rows = [', '.join(str(b) for b in data[i:i + 24]) for i in range(0, len(data), 24)]
with open(target, 'w') as out:
    out.write('#include "openapi.h"\n\n')
    out.write('static const unsigned char bytes[] = {\n\t%s\n};\n' % ',\n\t'.join(rows))
    out.write('const void *const %s_text = bytes;\nconst size_t %s_length = sizeof bytes;\n' % (name, name))
