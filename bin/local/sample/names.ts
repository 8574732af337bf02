/** Words for the sample contacts, as people in Latin America and Spain call themselves on WhatsApp. */

export const firstNames = list(`
  Alejandra, Ana Lucía, Andrés, Beatriz, Camila, Carlos, Carolina, Catalina, César, Claudia, Daniela, David,
  Diana Marcela, Diego, Édgar, Eduardo, Elena, Esteban, Fabián, Felipe, Fernanda, Gabriela, Germán, Gloria,
  Guadalupe, Hernán, Inés, Íñigo, Isabel, Iván, Javier, Jhon Jairo, Jimena, Joaquín, José Luis, Juan Pablo,
  Juliana, Laura, Leidy, Leonardo, Lina María, Luis Fernando, Luz Dary, Manuela, Marcela, María, Mariana,
  Mateo, Mauricio, Mónica, Natalia, Nicolás, Óscar, Paola, Patricia, Paula Andrea, Ramón, Raúl, Ricardo,
  Rocío, Rodrigo, Salomé, Sandra, Santiago, Sebastián, Sofía, Tatiana, Tomás, Valentina, Yolanda`);

export const lastNames = list(`
  Acosta, Agudelo, Álvarez, Arango, Bermúdez, Cárdenas, Castaño, Castro, Cifuentes, Córdoba, de la Cruz, Díaz,
  Echeverri, Fernández, Flórez, García, Giraldo, Gómez, González, Gutiérrez, Henao, Hernández, Herrera,
  Ibáñez, Jaramillo, Jiménez, León, Londoño, López, Márquez, Martínez, Mejía, Mendoza, Montoya, Moreno, Muñoz,
  Nuñez, Ochoa, Ortiz, Ospina, Patiño, Peña, Pérez, Quintero, Ramírez, Restrepo, Ríos, Rodríguez, Rojas,
  Sánchez, Suárez, Torres, Valencia, Vargas, Vélez, Villegas, Yepes, Zapata, Zuluaga, Zúñiga`);

/** Each of these occurs once: what the terminal has to get right. */
export const emojiNames = list(`
  María José 🌸, Don Pepe 🚚 Fletes, Familia Rojas 👨‍👩‍👧‍👦, Lucho 🇨🇴, Ceci 🇲🇽✈️🇪🇸, Dra. Paty 👩🏽‍⚕️,
  Panadería El Trigal 🥖, Yessi 💅🏼✨, 🔥 El Mono 🔥, Abuelita Rosa ❤️, Taller Los Primos 🔧, Mafe 🦋, Profe Nando 📚,
  Señora de las arepas 🫓, Juancho 🏍️💨, Ximena 🧿, Óptica Visión 👓, 𝓥𝓪𝓵𝓮 ♡, Tía Nena 🙏🏻, Peluquería Ángel 💇🏿‍♀️,
  Kevin ⚽️ (Cúcuta), Naty 🏳️‍🌈, Iglesia Vida Nueva ✝️, Dayana 👯‍♀️, سارة محمد, 王小明 🐉, משה כהן, Евгения,
  José Ángel Núñez de la Peña y Fernández-Santamaría 🎻`);

export const userNames = list(`
  alejo_92, anita.flores, caro🌻, chucho77, dani.m, el_profe, fer_gtz, gabo1985, jmoreno, juanse, la_negra,
  lau.rd, lucho_k, majo, memo.ventas, nico_r, pao.2003, pipe, sebas_t, yuli.v`);

export const labels = list(`
  Confirmada, Confirmada/Cotizando, Cotizando, Cliente, Cliente/VIP, Nuevo, Pagado, Pendiente, Proveedor,
  Reserva`);

function list(text: string): string[] {
  return text.trim().split(/,\s+/);
}
