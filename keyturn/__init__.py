"""keyturn: carries out a written procedure in web portals, attended, and proves it afterwards."""
