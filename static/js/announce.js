// portalAnnounce(text): says something to screen readers only.
window.portalAnnounce = (text) => {
  const place = document.getElementById("announcements");
  if (place) place.textContent = text;
};
