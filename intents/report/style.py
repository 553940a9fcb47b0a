"""How a report looks."""

STYLE = """
:root { color-scheme:light; --line:#e3e6ea; --soft:#5c6470; --blue:#1f5fbf; }
* { box-sizing:border-box; }
body {
  font:15px/1.5 system-ui,sans-serif; color:#1b1f24; max-width:76rem; margin:0 auto;
  padding:1.5rem 1rem 4rem;
}
h1 { font-size:1.6rem; margin:0 0 .25rem; overflow-wrap:anywhere; }
h2 { font-size:1.2rem; margin:2.5rem 0 .5rem; scroll-margin-top:3rem; }
p { max-width:46rem; }
small,.note { color:var(--soft); }
nav {
  position:sticky; top:0; background:#fff; border-bottom:1px solid var(--line);
  margin:1rem -1rem 0; padding:.5rem 1rem; overflow-x:auto; white-space:nowrap; z-index:9;
}
nav a { color:var(--blue); text-decoration:none; margin-right:1rem; }
.tiles {
  display:grid; grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr)); gap:.75rem;
  margin:1rem 0;
}
.tiles div {
  border:1px solid var(--line); border-radius:.5rem; padding:.6rem .8rem; display:flex;
  flex-direction:column;
}
.tiles span { color:var(--soft); }
.tiles b { font-size:1.5rem; font-variant-numeric:tabular-nums; }
.wide { overflow-x:auto; margin:.5rem 0; }
table { border-collapse:collapse; min-width:100%; }
td,th {
  padding:.3rem .7rem .3rem 0; border-bottom:1px solid var(--line); text-align:left;
  vertical-align:top;
}
th { font-weight:600; white-space:nowrap; }
td.n,th.n { text-align:right; white-space:nowrap; font-variant-numeric:tabular-nums; }
td q { display:inline-block; min-width:11rem; }
.bar {
  display:inline-block; position:relative; width:7rem; height:.8rem; background:#f2f4f7;
  border-radius:.2rem; vertical-align:middle; margin-right:.5rem;
}
.bar i { position:absolute; top:.25rem; height:.3rem; background:#9dc0ee; border-radius:.15rem; }
.bar u { position:absolute; top:0; width:2px; height:.8rem; background:var(--blue); }
.num { display:inline-block; min-width:8.5rem; text-align:left; }
.two {
  display:grid; grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr)); gap:1rem;
}
.two>div { min-width:0; }
h3 { font-size:1rem; margin:1rem 0 .25rem; }
.cards {
  display:grid; grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr)); gap:.75rem;
}
article {
  border:1px solid var(--line); border-radius:.5rem; padding:.6rem .8rem;
  overflow-wrap:anywhere;
}
article p { margin:0 0 .3rem; }
article ul { margin:0; padding-left:1.1rem; }
@media(max-width:40rem) {
  .bar { display:none; }
  .num { min-width:0; }
  .num small { display:block; }
  td,th { padding-right:.5rem; font-size:.85rem; }
  th,th.n { white-space:normal; vertical-align:bottom; }
  body { padding-top:1rem; }
}
"""
