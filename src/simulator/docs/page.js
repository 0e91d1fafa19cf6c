"use strict";

// Swagger UI's own filter knows tags alone. This one finds operations by every word that is typed, in the id, the path
// and the texts, so that `member add` and `42017` lead to what they are about.
const search = () => ({
  fn: {
    opsFilter: (tags, phrase) => {
      const words = phrase.toLowerCase().split(/\s+/).filter(Boolean);
      const matches = (operation) => {
        const texts = ["operationId", "summary", "description"].map((key) => operation.getIn(["operation", key]));
        const text = [operation.get("path"), operation.get("method"), ...texts].join(" ").toLowerCase();
        return words.every((word) => text.includes(word));
      };
      return tags
        .map((tag) => tag.update("operations", (operations) => operations.filter(matches)))
        .filter((tag) => tag.get("operations").size > 0);
    },
  },
});

const show = (id, text) => {
  document.getElementById(id).textContent = text;
};

const start = () => {
  document.querySelector(".operation-filter-input").placeholder = "Search by words, such as: member add, 42017";
  return authorize();
};

// A tenant token that the simulator accepts, so that nobody has to fetch one by hand before the first call.
async function authorize() {
  const problem = document.getElementById("problem");
  try {
    const response = await fetch("/docs/access.json");
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const access = await response.json();
    for (const name of ["app_id", "tenant_access_token", "user_access_token"]) show(name, access[name] ?? "none");
    ui.preauthorizeApiKey("access_token", access.tenant_access_token);
    problem.hidden = true;
  } catch (error) {
    problem.textContent = `No token could be read from the simulator: ${error.message}. Is it still running?`;
    problem.hidden = false;
  }
}

show("origin", location.origin);
document.getElementById("renew").addEventListener("click", authorize);

const ui = SwaggerUIBundle({
  url: "/docs/openapi.json",
  dom_id: "#reference",
  plugins: [search],
  filter: true,
  deepLinking: true,
  tryItOutEnabled: true,
  displayOperationId: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  // Swagger UI would show the document to a validator on the internet.
  validatorUrl: null,
  onComplete: start,
});
