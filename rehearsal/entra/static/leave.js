// Leaves for the sign-in pages. The fragment of the address never reaches the server, so it is kept for the return.
"use strict";

if (location.hash) sessionStorage.setItem("fragment", location.hash);
location.replace(document.body.dataset.to);
