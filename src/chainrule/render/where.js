// A factor lights the line it comes from; a line lights the factors that come from it.
const light = (event) => {
  document.querySelectorAll(".lit").forEach((lit) => lit.classList.remove("lit"));
  const factor = event.target.closest("a.factor");
  const row = event.target.closest("tr[id]");
  const target = factor ? factor.hash.slice(1) : row && row.id;
  if (!target) return;
  const links = document.querySelectorAll(`a.factor[href="#${target}"]`);
  links.forEach((link) => link.classList.add("lit"));
  if (factor) document.getElementById(target)?.classList.add("lit");
};
document.addEventListener("mouseover", light);
document.addEventListener("focusin", light);
